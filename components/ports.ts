/** The ports of the machines' services, inside the machines. */
export const ports = {
  koji: 7001,
  bodhi: 7002,
  resultsdb: 7003,
  control: 7004,
  autoqa: 8080,
  supervisor: 8081,
} as const;

/** The port of the supervisor of a machine's first, second … program of AutoQA. */
export const supervisorPort = (index: number): number => ports.supervisor + index;

/** Where a machine keeps what its service writes. */
export const stateDirectory = "/var/lib/staging";
/** What the secrets volume holds, as the machine sees it. */
export const secretsFile = "/run/staging/secrets.json";
