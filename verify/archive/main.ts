/** What a deploy runs before it replaces an environment; components/posts-archive.ts sets the variables. */
import { archivePosts } from "./archive";

const { CONTROL_URL = "", CONTROL_TOKEN = "", ARCHIVE_NAME = "" } = process.env;

archivePosts({
  control: { url: CONTROL_URL, token: CONTROL_TOKEN },
  directory: "reports/archive",
  name: ARCHIVE_NAME,
  timeoutSeconds: 10,
}).then(console.log, (error: Error) => {
  console.error(`what was posted can't be archived: ${error.message}`);
  process.exitCode = 1;
});
