import { CHANNELS, SEVERITIES, type Severity, topicName } from '../contract/paging';

/** What the configuration says about the route of pages. A loaded configuration has this shape. */
export interface PagingRoute {
  readonly prefix: string;
  readonly primary: { readonly account: string; readonly region: string };
  readonly recovery: { readonly account?: string | undefined; readonly region: string };
  readonly paging: { readonly email: readonly string[]; readonly pager?: string | undefined };
}

/** One topic that pages go through. */
export interface PagingTopic {
  readonly severity: Severity;
  readonly region: string;
  readonly account: string;
  readonly arn: string;
  /** Addresses and URLs that the configuration subscribes to this topic. Slack subscribes through a service of its own. */
  readonly endpoints: readonly string[];
}

/**
 * Every topic of the route: one a Region for each severity.
 *
 * @param severity only the topics of this severity
 */
export function pagingTopics(route: PagingRoute, severity?: Severity): PagingTopic[] {
  const places = [route.primary, { ...route.recovery, account: route.recovery.account ?? route.primary.account }];
  return SEVERITIES.filter((each) => severity === undefined || each === severity).flatMap((each) =>
    places.map(({ region, account }) => ({
      severity: each,
      region,
      account,
      arn: `arn:aws:sns:${region}:${account}:${topicName(route.prefix, each)}`,
      endpoints: configuredEndpoints(route, each),
    })),
  );
}

/** Email and pager subscribe as themselves, so they can be looked for. */
function configuredEndpoints({ paging }: PagingRoute, severity: Severity): string[] {
  const pager = CHANNELS[severity].includes('pager') && paging.pager !== undefined ? [paging.pager] : [];
  return CHANNELS[severity].includes('email') ? [...paging.email, ...pager] : pager;
}
