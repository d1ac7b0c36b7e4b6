// Prints every diagnostic of an AsyncAPI document, and ends with 1 when one is an error.
import { readFile } from "node:fs/promises";
import { DiagnosticSeverity } from "@stoplight/types";
import { Parser } from "@asyncapi/parser";

const [, , path] = process.argv;
const { document, diagnostics } = await new Parser().parse(await readFile(path, "utf8"), { source: path });

for (const { severity, code, path: at, message } of diagnostics) {
  console.log(`${DiagnosticSeverity[severity]} ${code} at ${at.join("/")}: ${message}`);
}
const errors = diagnostics.filter(({ severity }) => severity === DiagnosticSeverity.Error);
process.exit(document === undefined || errors.length > 0 ? 1 : 0);
