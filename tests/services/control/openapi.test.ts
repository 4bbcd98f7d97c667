/** The OpenAPI document against the server: every operation that it names answers as it says, and there is no other. */
import assert from "node:assert/strict";
import { z } from "zod";
import { TestInfra, TOKEN, tarOf } from "../support/infra";
import { fedora2011 } from "../support/situation";

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
  security?: unknown[];
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
}

/** A request of each operation that succeeds, and one that is refused. */
const GOOD: Readonly<Record<string, () => Promise<{ body?: NonNullable<RequestInit["body"]>; type?: string }>>> = {
  "get /health": async () => ({}),
  "put /situation": async () => ({
    body: new Uint8Array(await tarOf(JSON.stringify(fedora2011()))),
    type: "application/x-tar",
  }),
  "post /reset": async () => ({}),
  "get /posts": async () => ({}),
  "get /journal": async () => ({}),
  "get /clock": async () => ({}),
  "put /clock": async () => ({ body: JSON.stringify({ now: "2012-01-01T00:00:00Z" }) }),
  "post /clock/advance": async () => ({ body: JSON.stringify({ seconds: 5 }) }),
  "post /actions": async () => ({ body: JSON.stringify({ action: "advanceClock", seconds: 5 }) }),
  "get /faults": async () => ({}),
  "post /faults": async () => ({ body: JSON.stringify({ kind: "drop", service: "koji", match: "never" }) }),
  "delete /faults": async () => ({}),
  "post /settle": async () => ({ body: JSON.stringify({ timeoutSeconds: 0.2 }) }),
};

describe("services/control: the OpenAPI document", () => {
  let infra: TestInfra;
  let document: Document;

  before(async () => {
    infra = await TestInfra.start({ autoqaStatusUrl: "http://127.0.0.1:9/status" });
    document = (await (await fetch(infra.url("control", "/openapi.json"))).json()) as Document;
  });
  after(() => infra.close());

  function operations(): [string, Operation][] {
    return Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
    );
  }

  /** The schema with what it refers to, for zod's reader of JSON schemas. */
  function schemaOf(schema: unknown): z.ZodType {
    const text = JSON.stringify(schema).replaceAll("#/components/schemas/", "#/$defs/");
    const defs = JSON.parse(
      JSON.stringify(document.components.schemas).replaceAll("#/components/schemas/", "#/$defs/"),
    ) as object;
    return z.fromJSONSchema({ ...(JSON.parse(text) as object), $defs: defs } as Parameters<typeof z.fromJSONSchema>[0]);
  }

  async function call(
    name: string,
    authorized: boolean,
    init: { body?: NonNullable<RequestInit["body"]>; type?: string },
  ) {
    const [method = "", path = ""] = name.split(" ");
    return fetch(infra.url("control", path), {
      method: method.toUpperCase(),
      headers: {
        ...(authorized ? { authorization: `Bearer ${TOKEN}` } : {}),
        ...(init.body === undefined ? {} : { "content-type": init.type ?? "application/json" }),
      },
      ...(init.body === undefined ? {} : { body: init.body }),
    });
  }

  it("names every operation of the contract", () => {
    assert.equal(document.openapi, "3.1.0");
    assert.deepEqual(
      operations()
        .map(([name]) => name)
        .sort(),
      Object.keys(GOOD).sort(),
    );
    assert.deepEqual(document.components.securitySchemes, { token: { type: "http", scheme: "bearer" } });
  });

  for (const name of Object.keys(GOOD)) {
    it(`${name} answers as the document says`, async () => {
      const operation = operations().find(([each]) => each === name)?.[1];
      assert.ok(operation);
      const response = await call(name, true, await (GOOD[name] as NonNullable<(typeof GOOD)[string]>)());
      const described = operation.responses[String(response.status)];
      const text = await response.text();
      assert.ok(described, `${response.status} is described: ${text}`);
      const schema = described.content?.["application/json"]?.schema;
      assert.ok(schema, "its answer is described");
      const parsed = schemaOf(schema).safeParse(JSON.parse(text));
      assert.ok(parsed.success, `${text.slice(0, 300)}: ${parsed.error}`);
    });

    it(`${name} needs the token where the document says so`, async () => {
      const operation = operations().find(([each]) => each === name)?.[1];
      const response = await call(name, false, {});
      assert.equal(response.status === 401, operation?.security !== undefined);
      if (response.status === 401) assert.ok(operation?.responses["401"]);
    });
  }

  it("describes what is refused", async () => {
    for (const name of ["put /clock", "post /actions", "post /faults", "post /settle", "put /situation"]) {
      const response = await call(name, true, {
        body: "{}",
        ...(name === "put /situation" ? { type: "application/x-tar" } : {}),
      });
      const operation = operations().find(([each]) => each === name)?.[1];
      assert.ok(operation?.responses[String(response.status)], `${name}: ${response.status}`);
      assert.ok([400, 422].includes(response.status), `${name}: ${response.status}`);
    }
  });
});
