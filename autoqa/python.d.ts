/** A program for a tool that speaks Python: its text. The loaders are in setup/typescript.cjs and components/payload/bundle.ts. */
declare module "*.py" {
  const text: string;
  export default text;
}
