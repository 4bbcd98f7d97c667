/** Posts in the form in which they are compared: what is expected and what came through ResultsDB and bodhi. */
import type { ExpectedComment, ExpectedMail, ExpectedPosts, ExpectedResult } from "../scenarios/format/expectation";
import { compare, type Entry, normaliseText, type Rules } from "./compare";
import type { PostedComment, PostedMail, PostedResult, Posts } from "./control";

type ResultField = "testcase" | "outcome" | "item" | "type" | "arch" | "ref_url";
type CommentField = "update" | "text" | "author" | "karma" | "email";
type MailField = "to" | "subject";

export type ResultRecord = Record<ResultField, string>;
/** A posted result has ResultsDB's number, which a pristine ResultsDB counts from 1. */
export type GotResult = ResultRecord & { id: number };
export interface CommentRecord {
  update: string;
  text: string;
  author: string;
  karma: number;
  email: boolean;
}
export type MailRecord = Record<MailField, string>;

const RESULT: Rules<ResultField> = {
  fields: ["testcase", "outcome", "item", "type", "arch", "ref_url"],
  identity: ["item", "testcase", "arch"],
};
const COMMENT: Rules<CommentField> = {
  fields: ["update", "text", "author", "karma", "email"],
  identity: ["update", "text"],
};
const MAIL: Rules<MailField> = { fields: ["to", "subject"], identity: ["to", "subject"] };

export interface PostsComparison {
  results: Entry<ResultRecord, GotResult>[];
  comments: Entry<CommentRecord, CommentRecord>[];
  /** Only where the scenario says what is mailed. */
  mail?: Entry<MailRecord, MailRecord>[];
}

/** Compares everything posted during a step with everything expected of it. */
export function comparePosts(expected: ExpectedPosts, got: Posts): PostsComparison {
  return {
    results: compare(expected.results.map(resultRecord), got.results.map(gotResult), RESULT),
    comments: compare(expected.comments.map(commentRecord), got.comments.map(commentRecord), COMMENT),
    ...(expected.mail === undefined
      ? {}
      : { mail: compare(expected.mail.map(mailRecord), got.mail.map(mailRecord), MAIL) }),
  };
}

function resultRecord({ log: _, ...record }: ExpectedResult): ResultRecord {
  return record;
}

/** ResultsDB keeps every value of a result's data as a list. */
function gotResult({ id, outcome, testcase, ref_url, data }: PostedResult): GotResult {
  const value = (key: string) => (data[key] ?? []).map(String).join(", ");
  const record = { testcase: testcase.name, outcome, item: value("item"), type: value("type"), arch: value("arch") };
  return { ...record, ref_url: ref_url ?? "", id };
}

function commentRecord({ update, text, author, karma, email }: ExpectedComment | PostedComment): CommentRecord {
  return { update, text: normaliseText(text), author, karma, email };
}

function mailRecord({ to, subject }: ExpectedMail | PostedMail): MailRecord {
  return { to, subject: normaliseText(subject) };
}
