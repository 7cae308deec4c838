// Scenarios by what their packets need beside what they are about: whatever breaks that may break them too.

/** Pods that talk to pods, wherever they are. */
export const TALKING = [
  ...['P01', 'P02', 'P03', 'P04', 'P05', 'P06', 'P08', 'P10', 'P11', 'P12'],
  ...['I02', 'I05', 'N04', 'N05', 'C02', 'C07'],
] as const

/** Clients of virtual IPs. */
export const SERVICES = [
  ...['S01', 'S02', 'S03', 'S04', 'S05', 'S06', 'S07', 'S08', 'S09', 'S10', 'S11', 'S12', 'S13', 'S14', 'S15', 'S16'],
  ...['S17', 'S18', 'S19', 'S20', 'S21', 'S24', 'S25', 'S26', 'I07', 'DS03'],
] as const

/** Clients of cluster DNS. */
export const NAMES = [
  ...['D01', 'D02', 'D03', 'D04', 'D05', 'D06', 'D07', 'D08', 'D09', 'D10', 'D11'],
  ...['S06', 'S07', 'DS04'],
] as const

/** Those of `TALKING` whose packets leave their node. */
const LEAVING = TALKING.filter((id) => !['P01', 'P08', 'N04', 'N05', 'C07'].includes(id))

/** All whose packets go from node to node. */
export const BETWEEN_NODES: readonly string[] = [...LEAVING, 'P09', 'S22', ...SERVICES, ...NAMES]
