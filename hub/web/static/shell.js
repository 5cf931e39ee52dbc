// What every page of the console has beyond its markup. Each part works without the others, and the page without any.

import { keys } from "./keys.js";
import "./draft.js";
import { live } from "./live.js";
import "./times.js";

// Mails that have left lead to `/#entregas/ID`: a fragment never reaches the hub.
const moved = /^#(entregas|relojes|muertas)(\/[\w-]+)?$/.exec(location.hash);
if (moved && location.pathname === "/") location.replace({ entregas: "/messages", relojes: "/clocks", muertas: "/dead" }[moved[1]] + (moved[2] ?? ""));

keys();
live();
