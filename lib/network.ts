import type { Problem } from './problem';

/** Where something runs in a VPC. */
export interface Network {
  /** Ids of subnets of one VPC. */
  readonly subnetIds: readonly string[];
  /** Ids of security groups. */
  readonly securityGroupIds: readonly string[];
}

/**
 * What is wrong with a network. Fargate and Lambda take no more subnets and security groups than these.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
 * https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html
 */
export function networkProblems({ subnetIds, securityGroupIds }: Network, path: string): Problem[] {
  return [
    ...countProblems(subnetIds, 16, `${path}.subnetIds`),
    ...countProblems(securityGroupIds, 5, `${path}.securityGroupIds`),
  ];
}

function countProblems(ids: readonly string[], most: number, path: string): Problem[] {
  return ids.length >= 1 && ids.length <= most
    ? []
    : [{ path, message: `must be a list of 1 to ${most}, got: ${ids.length}` }];
}
