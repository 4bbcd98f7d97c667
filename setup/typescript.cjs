// Lets Node load the project's TypeScript: the types are taken away, the line numbers stay; `npm test` checks the types.
// What comes of a file is kept by its content, and packages' own JavaScript is left to Node and its compile cache:
// together they halve the time that a program takes to load.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const cache = join(__dirname, "../node_modules/.cache/typescript");
const self = readFileSync(__filename);

require.extensions[".ts"] = (module, filePath) => module._compile(javascript(filePath), filePath);
// Programs for other interpreters are text, here as in the bundles.
require.extensions[".py"] = (module, filePath) => {
  module.exports = readFileSync(filePath, "utf8");
};

function javascript(filePath) {
  const source = readFileSync(filePath, "utf8");
  const cached = join(cache, createHash("sha256").update(self).update(source).digest("hex"));
  try {
    return readFileSync(cached, "utf8");
  } catch {
    const options = { transforms: ["typescript", "imports"], disableESTransforms: true, filePath };
    const { code } = require("sucrase").transform(source, options);
    keep(cached, code);
    return code;
  }
}

/** Another program that starts now never sees half of it. */
function keep(file, code) {
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // It may be somebody else's checkout, or the disk is full: then it is only slower.
  }
}
