/**
 * What a deploy runs before it replaces an environment; components/posts-archive.ts sets the variables, save the one by
 * which a user gives up posts that cannot be archived (docs/operations.md).
 */
import { archivePosts } from "./archive";

const { CONTROL_URL = "", CONTROL_TOKEN = "", ARCHIVE_NAME = "", AUTOQA_STAGING_DISCARD_POSTS } = process.env;

if (AUTOQA_STAGING_DISCARD_POSTS === "true") {
  console.log("nothing archived: AUTOQA_STAGING_DISCARD_POSTS=true");
} else {
  archivePosts({
    control: { url: CONTROL_URL, token: CONTROL_TOKEN },
    directory: "reports/archive",
    name: ARCHIVE_NAME,
    timeoutSeconds: 60,
  }).then(console.log, (error: Error) => {
    console.error(
      `what was posted can't be archived, so the machine that holds it stays: ${error.message}\n` +
        "Mend that and run the same again, or give the posts up: set AUTOQA_STAGING_DISCARD_POSTS=true for one run.",
    );
    process.exitCode = 1;
  });
}
