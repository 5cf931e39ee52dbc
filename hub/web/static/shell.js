// What every page of the console has beyond its markup. Each part works without the others, and the page without any.

import { keys } from "./keys.js";
import { live } from "./live.js";
import { times } from "./times.js";

// Mails of before led to a promise by `/#relojes/ID`: what is after the # comes to no server.
const old = location.pathname === "/" && /^#relojes(\/[\w-]{1,60})?$/.exec(location.hash);
if (old) location.replace(`/clocks${old[1] ?? ""}`);

times(document);
keys();
live(times);
