/** There is no such deployment, or it cannot be told what is deployed. */
export class DeploymentError extends Error {
  public constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DeploymentError';
  }
}
