@problem-4 @extended @needs-observer
Feature: Problem 4: pods reach the outside under their node's address
  Pod addresses mean nothing outside the cluster: no router there knows a route to them. So the node puts its
  own address on packets that leave (masquerade). Replies come to the node, which remembers to which pod each
  of them belongs ([ip-masq-agent](https://kubernetes.io/docs/tasks/administer-cluster/ip-masq-agent/)). Some
  networks route pod addresses natively instead. The cluster's source or the user declares which of the two
  holds, and flatnet does not guess.

  The observer, a server outside the cluster, reports the source address that it sees.

  Rule: A pod reaches a server outside the cluster
    @E01
    Scenario Outline: a pod reaches the observer by <protocol>
      Given a client pod, and an observer outside the cluster
      When the client opens a <protocol> conversation with the server's address
      Then the server answers

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: A pod appears outside as its own node
  A third address (a cloud's NAT, an egress IP) is no failure and no proof. It makes the scenario
  inconclusive.

    @E02 @needs-masquerade
    Scenario Outline: the observer sees the node's address by <protocol>
      Given a client pod, and an observer outside the cluster
      When the client opens a <protocol> conversation with the server's address
      Then the server sees the address of the client's own node as its peer

      Examples:
        | protocol |
        | TCP      |
        | UDP      |
