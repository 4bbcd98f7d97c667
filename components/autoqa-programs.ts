/** AutoQA's server and client as programs of a machine; docs/autoqa-contract.md has the variables. */
import type { Endpoints } from "./endpoints";
import { ports } from "./ports";
import type { SupervisedProgram } from "./supervised";

/** @param pollSeconds AutoQA's pause between two looks */
export function serverProgram(command: string[], endpoints: Endpoints, pollSeconds: number): SupervisedProgram {
  const { kojiHubUrl, kojiFilesUrl, reposUrl, bodhiUrl, bodhiUsername, resultsdbUrl } = endpoints;
  const optional = {
    AUTOQA_REPOS_URL: reposUrl && base(reposUrl),
    AUTOQA_BODHI_USERNAME: bodhiUsername,
    AUTOQA_RESULTSDB_URL: resultsdbUrl && base(resultsdbUrl),
  };
  return {
    role: "server",
    command,
    environment: {
      AUTOQA_KOJI_HUB_URL: base(kojiHubUrl),
      AUTOQA_KOJI_FILES_URL: base(kojiFilesUrl),
      AUTOQA_BODHI_URL: base(bodhiUrl),
      AUTOQA_LISTEN: `0.0.0.0:${ports.autoqa}`,
      // Stands in what is posted, so it must be the same in every deploy, whatever the machine or its port is called.
      AUTOQA_PUBLIC_URL: "http://autoqa:8080",
      AUTOQA_POLL_SECONDS: String(pollSeconds),
      ...Object.fromEntries(
        Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
    },
  };
}

/** A URL to which `/` and a path can be appended. */
const base = (url: string): string => url.replace(/\/+$/, "");

/**
 * @param name what the server calls the client
 * @param server the host name of AutoQA's server
 */
export function clientProgram(command: string[], name: string, server: string): SupervisedProgram {
  return {
    role: "client",
    command,
    environment: {
      AUTOQA_SERVER_URL: `http://${server}:${ports.autoqa}`,
      AUTOQA_CLIENT_NAME: name,
      AUTOQA_CLIENT_LABELS: "x86_64,i386,noarch",
    },
  };
}
