/** bodhi refuses: InvalidRequest in 0.9, BodhiException since. */
export class BodhiError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BodhiError";
  }
}
