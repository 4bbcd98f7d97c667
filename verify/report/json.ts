/** The report as JSON. Without its `run`, two runs of the same give the same bytes. */
import type { Report } from "../report";

export function jsonReport(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
