// Reads what tests/js/make_fixtures.py wrote with torch.
import { readFileSync } from "node:fs";

export function fixture(name) {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url)));
}
