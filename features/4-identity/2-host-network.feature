@rule-3 @extended
Feature: Rule 3: a pod on the host's network sees itself as its node
  With hostNetwork a pod asks to "use the host's network namespace" ([API reference][API]). Such a pod has no
  address of its own. Its address is that of its node, and it must report this address.

  [API]: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/

  Rule: A host-network pod has its node's address
    @I06 @needs-hostnet
    Scenario Outline: <fact> of a host-network pod is <reference>
      Given a host-network pod on every node
      When every application container reports its <fact>
      Then every report is <reference>

      Examples:
        | fact                   | reference              |
        | downward API's pod IP  | the pod's status.podIP |
        | downward API's pod IP  | the node's InternalIP  |
        | downward API's host IP | the node's InternalIP  |

    @I06 @needs-hostnet
    Scenario: the interfaces of a host-network pod carry the node's address
      Given a host-network pod on every node
      When every application container reports its addresses
      Then every report has the pod's status.podIP
