// Preloaded into the program's process, by either engine: spares it half of its start, which is most of a preview.
const { createRequire, Module } = require("node:module");

const fromSdk = createRequire(require.resolve("@pulumi/pulumi"));

/** Has `exports` stand for a package of the SDK's before anybody loads it. */
function standFor(name, exports) {
  const file = fromSdk.resolve(name);
  const module = new Module(file);
  Object.assign(module, { filename: file, loaded: true, exports });
  require.cache[file] = module;
}

// The SDK maps every stack that it notes (each resource has one) back to the TypeScript: here the lines are the same.
standFor("source-map-support/register", {});

// The SDK needs these for functions that become part of a resource. This program has none, and if it comes to have one,
// they are loaded then.
for (const name of ["typescript", "@npmcli/arborist"]) {
  let real;
  const load = () => {
    delete require.cache[fromSdk.resolve(name)];
    return fromSdk(name);
  };
  const get = (_, key) => {
    // Taken for such a module it is left as it is; of any other the SDK copies all there is.
    if (key === "__esModule") return true;
    real ??= load();
    return real[key];
  };
  standFor(name, new Proxy({}, { get }));
}
