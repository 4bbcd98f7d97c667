/** koji's hub, as far as AutoQA uses it: read-only calls, no login. */
import * as z from "zod";
import { readText, request, Unreachable } from "../http/request";
import { decodeResponse, encodeCall, XmlRpcFault, XmlRpcSyntaxError, type XmlRpcValue } from "../xmlrpc/codec";
import { Build, parseTaggedBuilds, Rpm, type TaggedBuild, TagHistoryRow } from "./types";

/** koji's fault code for a hub in maintenance (koji.ServerOffline). */
const serverOffline = 1014;

export interface Call {
  method: string;
  parameters: XmlRpcValue[];
}

/** What a call in a multiCall gave: koji answers each on its own. */
export type CallResult = { value: XmlRpcValue } | { fault: XmlRpcFault };

export class KojiHub {
  constructor(readonly url: string) {}

  /** @throws XmlRpcFault as koji raises it; Unreachable if koji is not there, is offline or talks nonsense */
  async call(method: string, ...parameters: XmlRpcValue[]): Promise<XmlRpcValue> {
    const response = await request("koji", this.url, {
      method: "POST",
      headers: { "content-type": "text/xml" },
      body: encodeCall(method, parameters),
    });
    const text = await readText("koji", response);
    if (!response.ok) throw new Unreachable(`koji answered HTTP ${response.status}`);
    try {
      return decodeResponse(text);
    } catch (error) {
      if (error instanceof XmlRpcSyntaxError) throw new Unreachable("koji's answer is not XML-RPC");
      if (error instanceof XmlRpcFault && error.code === serverOffline) {
        throw new Unreachable(`koji is offline: ${error.message}`);
      }
      throw error;
    }
  }

  /** Several calls in one request, each with its own result. */
  async multiCall(calls: readonly Call[]): Promise<CallResult[]> {
    if (calls.length === 0) return [];
    const answer = await this.call(
      "multiCall",
      calls.map(({ method, parameters }) => ({ methodName: method, params: parameters })),
    );
    const results = z.array(
      z.union([z.array(z.unknown()), z.object({ faultCode: z.number(), faultString: z.string() })]),
    );
    return results.parse(answer).map((result) => {
      if (Array.isArray(result)) return { value: result[0] as XmlRpcValue };
      if (result.faultCode === serverOffline) throw new Unreachable(`koji is offline: ${result.faultString}`);
      return { fault: new XmlRpcFault(result.faultCode, result.faultString) };
    });
  }

  /** The build, or undefined if koji does not know it. */
  async getBuild(nvrOrId: string | number): Promise<Build | undefined> {
    const answer = await this.call("getBuild", nvrOrId);
    return answer === null ? undefined : Build.parse(answer);
  }

  async listRpms(buildId: number): Promise<Rpm[]> {
    return z.array(Rpm).parse(await this.call("listRPMs", buildId));
  }

  /** The builds most recently tagged, which is not the highest version (koji's "latest"). */
  async listTagged(
    tag: string,
    options: { package?: string; latest?: boolean; inherit?: boolean } = {},
  ): Promise<TaggedBuild[]> {
    return parseTaggedBuilds(await this.call("listTagged", tag, keywords(options)));
  }
}

/** koji's convention for keyword arguments: a last struct with a mark (koji.encode_args). */
export function keywords(options: Record<string, XmlRpcValue | undefined>): XmlRpcValue {
  const given = Object.entries(options).filter((entry): entry is [string, XmlRpcValue] => entry[1] !== undefined);
  return { ...Object.fromEntries(given), __starstar: true };
}

/** The call for a tag's history; see TagHistoryRow. `afterEvent` leaves out what neither began nor ended after it. */
export function tagHistoryCall(tag: string, options: { afterEvent?: number; active?: boolean }): Call {
  return { method: "queryHistory", parameters: [keywords({ tables: ["tag_listing"], tag, ...options })] };
}

/** The rows of a tagHistoryCall's answer. */
export function parseTagHistory(answer: XmlRpcValue): TagHistoryRow[] {
  return z.object({ tag_listing: z.array(TagHistoryRow).default([]) }).parse(answer).tag_listing;
}

/** The package of a name-version-release. */
export function packageOf(nvr: string): string {
  return nvr.split("-").slice(0, -2).join("-");
}
