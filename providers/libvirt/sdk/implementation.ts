import type { PackageSchema } from "../schema/package";

export const BANNER = "// Generated from the provider's schema by providers/libvirt/sdk/generate.ts: do not edit.\n";

/** Name of a resource's class: "libvirt:index/domain:Domain" → "Domain". */
export function className(token: string): string {
  return token.split(":").at(-1) ?? token;
}

/** index.js: plain CommonJS, so that it loads wherever the program does, with no compiler in between. */
export function implementation(schema: PackageSchema): string {
  const resources = Object.entries(schema.resources);
  const classes = resources.map(
    ([token, { requiredInputs, inputProperties, properties }]) => `class ${className(token)} extends Resource {
  static __pulumiType = ${JSON.stringify(token)};
  static requiredInputs = ${JSON.stringify(requiredInputs)};
  static outputs = ${JSON.stringify(Object.keys(properties).filter((name) => !(name in inputProperties)))};

  static get(name, id, state, opts) {
    return new ${className(token)}(name, state, { ...opts, id });
  }

  static isInstance(object) {
    return object?.__pulumiType === ${className(token)}.__pulumiType;
  }
}
exports.${className(token)} = ${className(token)};
`,
  );
  const functions = Object.keys(schema.functions).map(
    (token) => `/** In both functions only the options matter: nothing is asked with arguments. */
exports.${className(token)} = (_args = {}, opts = {}) =>
  pulumi.runtime.invoke(${JSON.stringify(token)}, {}, pulumi.mergeOptions({ version }, opts));
exports.${className(token)}Output = (_args = {}, opts = {}) =>
  pulumi.runtime.invokeOutput(${JSON.stringify(token)}, {}, pulumi.mergeOptions({ version }, opts));
`,
  );
  return `${BANNER}
const pulumi = require("@pulumi/pulumi");

const version = ${JSON.stringify(schema.version)};

/** Arguments are the inputs, by name; a lookup by id takes known state instead. */
class Resource extends pulumi.CustomResource {
  constructor(name, args, opts = {}) {
    const { __pulumiType, requiredInputs, outputs } = new.target;
    const given = args ?? {};
    const isLookup = opts.id !== undefined && opts.id !== null;
    if (!isLookup && !opts.urn) {
      for (const required of requiredInputs) {
        if (given[required] === undefined) throw new Error(\`Missing required property '\${required}'\`);
      }
    }
    // A misspelt property goes along, so that the provider can say so.
    const properties = { ...given };
    for (const output of outputs) properties[output] = isLookup ? given[output] : undefined;
    super(__pulumiType, name, properties, pulumi.mergeOptions({ version }, opts));
  }
}

${classes.join("\n")}
class Provider extends pulumi.ProviderResource {
  constructor(name, args = {}, opts = {}) {
    super(${JSON.stringify(schema.name)}, name, { ${Object.keys(schema.provider.inputProperties)
      .map((name) => `${name}: args.${name}`)
      .join(", ")} }, pulumi.mergeOptions({ version }, opts));
  }

  static isInstance(object) {
    return object?.__pulumiType === ${JSON.stringify(`pulumi:providers:${schema.name}`)};
  }
}
exports.Provider = Provider;

${functions.join("\n")}
const classes = { ${resources.map(([token]) => className(token)).join(", ")} };
for (const resource of Object.values(classes)) {
  const [, moduleName] = resource.__pulumiType.split(":");
  pulumi.runtime.registerResourceModule(${JSON.stringify(schema.name)}, moduleName, {
    version,
    construct: (name, type, urn) => {
      if (type !== resource.__pulumiType) throw new Error(\`unknown resource type \${type}\`);
      return new resource(name, undefined, { urn });
    },
  });
}
pulumi.runtime.registerResourcePackage(${JSON.stringify(schema.name)}, {
  version,
  constructProvider: (name, type, urn) => {
    if (type !== ${JSON.stringify(`pulumi:providers:${schema.name}`)}) throw new Error(\`unknown provider type \${type}\`);
    return new Provider(name, undefined, { urn });
  },
});
`;
}
