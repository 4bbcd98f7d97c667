/** Production, of which stages 1 and 2 read: its addresses, checked and as the machines see them. */
import { BlockList, isIP } from "node:net";
import { z } from "zod";
import type { Endpoints } from "../components/endpoints";
import { blackholes, hostLoopback, type Outbound } from "../components/management-network";

const url = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .refine((text) => !URL.canParse(text) || !isBlackholed(new URL(text).hostname), {
    error:
      "is on a private network, of which the machines are cut off; forward it to the hypervisor's loopback (ssh -L) and name that",
  });

export const Production = z.strictObject({
  /** koji's XML-RPC endpoint. */
  kojiHubUrl: url,
  /** Where `packages/` and `repos/` lie. */
  kojiFilesUrl: url,
  /** The distribution's repositories; without them, depcheck has no stable packages to check against. */
  reposUrl: url.optional(),
  bodhiUrl: url,
  /** AutoQA's pause between two looks. */
  pollSeconds: z.int().min(1).max(86_400).default(300),
});
export type Production = z.infer<typeof Production>;

/** What the machines need to reach production: a name server only where production is called by names. */
export function outboundTo({ kojiHubUrl, kojiFilesUrl, reposUrl, bodhiUrl }: Production): Outbound {
  const urls = [kojiHubUrl, kojiFilesUrl, reposUrl, bodhiUrl].filter((each) => each !== undefined);
  return { nameServer: urls.some((each) => !isLoopback(hostOf(each)) && isIP(hostOf(each)) === 0) };
}

/** Production as AutoQA's machines see it; nothing is posted to it. */
export function productionEndpoints({ kojiHubUrl, kojiFilesUrl, reposUrl, bodhiUrl }: Production): Endpoints {
  return {
    kojiHubUrl: fromMachine(kojiHubUrl),
    kojiFilesUrl: fromMachine(kojiFilesUrl),
    reposUrl: reposUrl === undefined ? undefined : fromMachine(reposUrl),
    bodhiUrl: fromMachine(bodhiUrl),
  };
}

/** The stack outputs that tell where production is. */
export const productionOutputs = ({ kojiHubUrl, kojiFilesUrl, reposUrl, bodhiUrl }: Production) => ({
  koji: { hubUrl: kojiHubUrl, filesUrl: kojiFilesUrl },
  ...(reposUrl === undefined ? {} : { repos: { url: reposUrl } }),
  bodhi: { url: bodhiUrl },
});

/** The URL by which a machine reaches what its hypervisor calls by the given one. */
export function fromMachine(text: string): string {
  if (!isLoopback(hostOf(text))) return text;
  const seen = new URL(text);
  seen.hostname = hostLoopback;
  return seen.href;
}

/** Of an IPv6 address without its brackets. */
const hostOf = (text: string): string => new URL(text).hostname.replace(/^\[(.*)\]$/, "$1");

const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || /^127\./.test(host);

const blackholed = new BlockList();
for (const { address, prefixLength } of blackholes) blackholed.addSubnet(address, prefixLength);

const isBlackholed = (host: string): boolean => isIP(host) === 4 && blackholed.check(host);
