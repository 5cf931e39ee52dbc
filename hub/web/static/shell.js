// What every page of the console has beyond its markup. Each part works without the others, and the page without any.

import { keys } from "./keys.js";
import { live } from "./live.js";
import { times } from "./times.js";

times(document);
keys();
live(times);
