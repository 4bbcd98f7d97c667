import { ports } from "./ports";

/** Where AutoQA finds what it reads and what it posts to, as its machines see it. */
export interface Endpoints {
  kojiHubUrl: string;
  kojiFilesUrl: string;
  reposUrl?: string | undefined;
  bodhiUrl: string;
  /** AutoQA's account at bodhi; without one it posts nothing there. */
  bodhiUsername?: string;
  /** Without it, AutoQA posts no results. */
  resultsdbUrl?: string;
}

/** The account that mock bodhi has for AutoQA. */
const bodhiUsername = "autoqa";

/** What AutoQA posts to on the machine with the mock infrastructure. */
export const mockedPosts = (
  infra: string,
): Pick<Required<Endpoints>, "bodhiUrl" | "bodhiUsername" | "resultsdbUrl"> => ({
  bodhiUrl: `http://${infra}:${ports.bodhi}/`,
  bodhiUsername,
  resultsdbUrl: `http://${infra}:${ports.resultsdb}/api/v2.0`,
});

/** Everything on the machine with the mock infrastructure. */
export const mockedEndpoints = (infra: string): Endpoints => ({
  kojiHubUrl: `http://${infra}:${ports.koji}/kojihub`,
  kojiFilesUrl: `http://${infra}:${ports.koji}/kojifiles`,
  reposUrl: `http://${infra}:${ports.koji}/repositories`,
  ...mockedPosts(infra),
});
