// Prints the text of the first page of each PDF as Firefox copies it, as JSON by file.
import { readFileSync } from "node:fs";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";

const texts = {};
for (const file of process.argv.slice(2)) {
  const pdf = await getDocument({ data: new Uint8Array(readFileSync(file)), verbosity: 0 }).promise;
  const { items } = await (await pdf.getPage(1)).getTextContent();
  texts[file] = items.map((item) => item.str + (item.hasEOL ? "\n" : "")).join("");
  await pdf.destroy();
}
console.log(JSON.stringify(texts));
