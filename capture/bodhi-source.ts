/** A bodhi to read from, of today's dialect; only GETs. */
import { Upstream, UpstreamError } from "../services/bodhi/read-through/upstream";
import { CaptureError, type Json, type Row } from "./koji-source";

export interface BodhiSource {
  /** @returns the answer's JSON, or undefined where there is no such thing. @throws CaptureError */
  get(path: string, parameters: Readonly<Record<string, string>>): Promise<Json | undefined>;
}

export class BodhiServer implements BodhiSource {
  readonly #upstream: Upstream;

  constructor(readonly url: string) {
    this.#upstream = new Upstream(url);
  }

  async get(path: string, parameters: Readonly<Record<string, string>>): Promise<Json | undefined> {
    try {
      const { status, value } = await this.#upstream.get(path, Object.entries(parameters));
      if (status === 404) return undefined;
      if (status !== 200 || value === undefined) {
        throw new CaptureError(
          `bodhi at ${this.url} answered ${status} to ${path}: ${JSON.stringify(value)?.slice(0, 300)}`,
        );
      }
      return value as Json;
    } catch (error) {
      if (error instanceof UpstreamError) throw new CaptureError(`bodhi at ${error.message}`);
      throw error;
    }
  }
}

const PER_PAGE = 100;

/** Every row of a list, page by page. @throws CaptureError */
export async function allPages(
  source: BodhiSource,
  path: string,
  field: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Row[]> {
  const found: Row[] = [];
  for (let page = 1; ; page += 1) {
    const answer = (await source.get(path, { ...parameters, page: String(page), rows_per_page: String(PER_PAGE) })) as
      | Row
      | undefined;
    if (answer === undefined) throw new CaptureError(`bodhi has no ${path}; is that the address of a bodhi of today?`);
    found.push(...((answer[field] ?? []) as Row[]));
    if (page >= Number(answer.pages ?? 1)) return found;
  }
}
