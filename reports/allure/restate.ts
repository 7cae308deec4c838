/** An Allure result, or a step of one. */
export interface AllureNode {
  status?: string
  statusDetails?: { message?: string; trace?: string }
  steps?: AllureNode[]
}

const isVerdict = ({ statusDetails }: AllureNode) => /^NonConformance\b/m.test(statusDetails?.trace ?? '')

/**
 * Gives the result with the status "failed" if it has a NonConformance. Allure calls every error but an AssertionError "broken".
 * Harness errors stay "broken".
 */
export function restate<Node extends AllureNode>(node: Node): Node {
  const steps = (node.steps ?? []).map(restate)
  const isFailed = isVerdict(node) || steps.some(({ status }) => status === 'failed')
  const status = node.status === 'broken' && isFailed ? { status: 'failed' } : {}
  return { ...node, ...(node.steps && { steps }), ...status }
}
