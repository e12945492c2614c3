/** What a schedule or an operator sends to the function `write-report`. Everything else the parameter of the deployment says. */
export interface WriteReportEvent {
  /** First part of every name of the deployment. */
  readonly prefix: string;
  /**
   * Role to look at the alarms of the recovery Region with.
   * @default - the function's own, which is enough in the same account
   */
  readonly recoveryRoleArn?: string;
}
