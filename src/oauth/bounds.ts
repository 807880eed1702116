interface Bound {
  readonly most: number;
  /** What there may be so many of. */
  readonly says: string;
  /** Each process counts its own. */
  readonly local?: true;
}

/** How much of the whole installation strangers may take up, from however many networks. At the bound it is theirs that goes, or isn't taken. */
export const boundTable = {
  unused_clients: {
    most: 10_000,
    says: 'registered clients and kept metadata documents that nobody has connected yet; the oldest make room, unless they are of the last 2 minutes',
  },
  open_interactions: {
    most: 10_000,
    says: 'begun authorizations of browsers that nobody is signed in on; the oldest make room, unless they are of the last 2 minutes',
  },
  open_interactions_connected: { most: 10_000, says: 'the same to apps that somebody has connected, and to our own pages' },
  fetches: { most: 64, says: 'fetches of documents and keys under way for clients that nobody has connected', local: true },
  fetches_connected: { most: 16, says: 'the same for clients that somebody has connected', local: true },
} as const satisfies Record<string, Bound>;

export type BoundName = keyof typeof boundTable;

/** How many instead of the table's number. */
export type Bounds = Partial<Record<BoundName, number>>;

export function boundOf(bounds: Bounds, name: BoundName): number {
  return bounds[name] ?? boundTable[name].most;
}
