// Generated from the provider's schema by providers/libvirt/sdk/generate.ts: do not edit.

const pulumi = require("@pulumi/pulumi");

const version = "0.1.0";

/** Arguments are the inputs, by name; a lookup by id takes known state instead. */
class Resource extends pulumi.CustomResource {
  constructor(name, args, opts = {}) {
    const { __pulumiType, requiredInputs, outputs } = new.target;
    const given = args ?? {};
    const isLookup = opts.id !== undefined && opts.id !== null;
    if (!isLookup && !opts.urn) {
      for (const required of requiredInputs) {
        if (given[required] === undefined) throw new Error(`Missing required property '${required}'`);
      }
    }
    // A misspelt property goes along, so that the provider can say so.
    const properties = { ...given };
    for (const output of outputs) properties[output] = isLookup ? given[output] : undefined;
    super(__pulumiType, name, properties, pulumi.mergeOptions({ version }, opts));
  }
}

class Network extends Resource {
  static __pulumiType = "libvirt:index/network:Network";
  static requiredInputs = ["name"];
  static outputs = ["uuid", "bridgeName"];

  static get(name, id, state, opts) {
    return new Network(name, state, { ...opts, id });
  }

  static isInstance(object) {
    return object?.__pulumiType === Network.__pulumiType;
  }
}
exports.Network = Network;

class Pool extends Resource {
  static __pulumiType = "libvirt:index/pool:Pool";
  static requiredInputs = ["name", "type", "target"];
  static outputs = ["uuid"];

  static get(name, id, state, opts) {
    return new Pool(name, state, { ...opts, id });
  }

  static isInstance(object) {
    return object?.__pulumiType === Pool.__pulumiType;
  }
}
exports.Pool = Pool;

class Volume extends Resource {
  static __pulumiType = "libvirt:index/volume:Volume";
  static requiredInputs = ["pool", "name"];
  static outputs = ["key", "path", "capacityBytes"];

  static get(name, id, state, opts) {
    return new Volume(name, state, { ...opts, id });
  }

  static isInstance(object) {
    return object?.__pulumiType === Volume.__pulumiType;
  }
}
exports.Volume = Volume;

class Domain extends Resource {
  static __pulumiType = "libvirt:index/domain:Domain";
  static requiredInputs = ["type", "name", "memory", "os"];
  static outputs = ["uuid", "portForwards"];

  static get(name, id, state, opts) {
    return new Domain(name, state, { ...opts, id });
  }

  static isInstance(object) {
    return object?.__pulumiType === Domain.__pulumiType;
  }
}
exports.Domain = Domain;

class Provider extends pulumi.ProviderResource {
  constructor(name, args = {}, opts = {}) {
    super("libvirt", name, { uri: args.uri }, pulumi.mergeOptions({ version }, opts));
  }

  static isInstance(object) {
    return object?.__pulumiType === "pulumi:providers:libvirt";
  }
}
exports.Provider = Provider;

/** In both functions only the options matter: nothing is asked with arguments. */
exports.getCapabilities = (_args = {}, opts = {}) =>
  pulumi.runtime.invoke("libvirt:index/getCapabilities:getCapabilities", {}, pulumi.mergeOptions({ version }, opts));
exports.getCapabilitiesOutput = (_args = {}, opts = {}) =>
  pulumi.runtime.invokeOutput(
    "libvirt:index/getCapabilities:getCapabilities",
    {},
    pulumi.mergeOptions({ version }, opts),
  );

const classes = { Network, Pool, Volume, Domain };
for (const resource of Object.values(classes)) {
  const [, moduleName] = resource.__pulumiType.split(":");
  pulumi.runtime.registerResourceModule("libvirt", moduleName, {
    version,
    construct: (name, type, urn) => {
      if (type !== resource.__pulumiType) throw new Error(`unknown resource type ${type}`);
      return new resource(name, undefined, { urn });
    },
  });
}
pulumi.runtime.registerResourcePackage("libvirt", {
  version,
  constructProvider: (name, type, urn) => {
    if (type !== "pulumi:providers:libvirt") throw new Error(`unknown provider type ${type}`);
    return new Provider(name, undefined, { urn });
  },
});
