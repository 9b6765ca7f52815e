// Reads the vCards of a folder with ical.js (Thunderbird, Nextcloud) and prints their properties as JSON.
import { createRequire } from "node:module";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const [packages, folder] = process.argv.slice(2);
const ICAL = createRequire(join(resolve(packages), "x.js"))("ical.js");

function property([name, parameters, , ...values]) {
  const types = [parameters.type ?? []].flat().map((type) => type.toUpperCase());
  return [name.toUpperCase(), types.sort(), values.flat()];
}

const cards = {};
for (const file of readdirSync(folder)) {
  const [component, properties, inner] = ICAL.parse(readFileSync(join(folder, file), "utf8"));
  if (component !== "vcard" || inner.length) throw new Error(`${file} is not one card`);
  cards[file] = properties.map(property);
}
process.stdout.write(JSON.stringify(cards));
