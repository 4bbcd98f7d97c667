/** Every question of a capture with its answer: to capture again without production, and to compare a replay with. */
import type { BodhiSource } from "./bodhi-source";
import { type Answer, type Call, CaptureError, type Json, type KojiSource } from "./koji-source";

export interface Recording {
  /** When it was made; the scenario's clock. ISO 8601 */
  clock: string;
  koji: { call: Call; answer: Answer }[];
  bodhi: { path: string; parameters: Record<string, string>; answer: Json | null }[];
}

export function emptyRecording(clock: string): Recording {
  return { clock, koji: [], bodhi: [] };
}

/** Passes questions on and writes the answers down. */
export function recordKoji(source: KojiSource, recording: Recording): KojiSource {
  return {
    async calls(calls) {
      const answers = await source.calls(calls);
      for (const [index, call] of calls.entries()) recording.koji.push({ call, answer: answers[index] as Answer });
      return answers;
    },
  };
}

export function recordBodhi(source: BodhiSource, recording: Recording): BodhiSource {
  return {
    async get(path, parameters) {
      const answer = await source.get(path, parameters);
      recording.bodhi.push({ path, parameters: { ...parameters }, answer: answer ?? null });
      return answer;
    },
  };
}

/** Answers from a recording; a question that was not asked then is an error that names it. */
export function playKoji(recording: Recording): KojiSource {
  const answers = new Map(
    recording.koji.map(({ call, answer }) => [JSON.stringify([call.method, call.params]), answer]),
  );
  return {
    async calls(calls) {
      return calls.map(({ method, params }) => {
        const answer = answers.get(JSON.stringify([method, params]));
        if (answer === undefined)
          throw new CaptureError(
            `the recording has no answer of koji to ${method}(${JSON.stringify(params).slice(1, -1)})`,
          );
        return answer;
      });
    },
  };
}

export function playBodhi(recording: Recording): BodhiSource {
  const answers = new Map(
    recording.bodhi.map(({ path, parameters, answer }) => [JSON.stringify([path, parameters]), answer]),
  );
  return {
    async get(path, parameters) {
      const answer = answers.get(JSON.stringify([path, parameters]));
      if (answer === undefined)
        throw new CaptureError(`the recording has no answer of bodhi to ${path} ${JSON.stringify(parameters)}`);
      return answer ?? undefined;
    },
  };
}
