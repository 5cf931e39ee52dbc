// Reads an AsyncAPI document and prints what the official parser finds in it, as JSON.
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");

new Parser().parse(readFileSync(0, "utf8")).then(({ document, diagnostics }) => {
  console.log(JSON.stringify({
    version: document?.version(),
    channels: document?.channels().all().length ?? 0,
    operations: document?.operations().all().length ?? 0,
    diagnostics: diagnostics.map(({ code, message, severity, path }) => ({ code, message, severity, path: path.join(".") })),
  }));
});
