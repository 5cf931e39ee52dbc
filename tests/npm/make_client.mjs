// Makes the types of a client of the OpenAPI document on standard input, and says what a compiler says of them.

import openapiTS, { astToString } from "openapi-typescript";
import { text } from "node:stream/consumers";
import ts from "typescript";

const made = astToString(await openapiTS(await text(process.stdin)));
const { diagnostics } = ts.transpileModule(made, { reportDiagnostics: true, fileName: "api.ts" });
const faults = diagnostics.map((fault) => ts.flattenDiagnosticMessageText(fault.messageText, " "));
console.log(JSON.stringify({ made, faults }));
