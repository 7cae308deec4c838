/** A result of Allure's, or a step of one. */
export interface AllureNode {
  status?: string
  statusDetails?: { message?: string; trace?: string }
  steps?: AllureNode[]
}

const isVerdict = ({ statusDetails }: AllureNode) => /^NonConformance\b/m.test(statusDetails?.trace ?? '')

/**
 * The same result with verdicts as "failed": Allure calls every error "broken" that is not an AssertionError. What broke in
 * the suite stays "broken".
 */
export function restate<Node extends AllureNode>(node: Node): Node {
  const steps = (node.steps ?? []).map(restate)
  const isFailed = isVerdict(node) || steps.some(({ status }) => status === 'failed')
  const status = node.status === 'broken' && isFailed ? { status: 'failed' } : {}
  return { ...node, ...(node.steps && { steps }), ...status }
}
