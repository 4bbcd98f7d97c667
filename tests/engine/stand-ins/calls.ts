/** Calls handlers of stand-ins as the engine does. */
import { type StandInPackage, StandInProvider } from "../../../engine/stand-ins/standIn";
import type { PropertyMap } from "../../../engine/values/property";

export interface Said {
  readonly severity: "info" | "warning";
  readonly message: string;
}

export function provider(handlers: StandInPackage) {
  const said: Said[] = [];
  const standIn = new StandInProvider(handlers, (severity, _urn, message) => said.push({ severity, message }));
  const urn = (type: string) => `urn:pulumi:dev::test::${type}::it`;
  return {
    said,
    standIn,
    lines: () => said.map(({ message }) => message),
    check: async (type: string, news: PropertyMap) =>
      (await standIn.check({ urn: urn(type), olds: {}, news, randomSeed: new Uint8Array(32) })).failures,
    create: (type: string, inputs: PropertyMap, preview = false) =>
      standIn.create({ urn: urn(type), inputs, timeout: 0, preview }),
    update: (type: string, inputs: PropertyMap, oldOutputs: PropertyMap) =>
      standIn.update({
        urn: urn(type),
        id: "id",
        inputs,
        oldInputs: {},
        oldOutputs,
        timeout: 0,
        ignoreChanges: [],
        preview: false,
      }),
    delete: (type: string, outputs: PropertyMap) =>
      standIn.delete({ urn: urn(type), id: "id", inputs: {}, outputs, timeout: 0 }),
    diff: (type: string, oldInputs: PropertyMap, news: PropertyMap) =>
      standIn.diff({ urn: urn(type), id: "id", oldInputs, oldOutputs: {}, news, ignoreChanges: [] }),
  };
}
