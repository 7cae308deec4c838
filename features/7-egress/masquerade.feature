@problem-4 @extended @needs-observer
Feature: Problem 4: pods reach the outside under their node's address
  Pod addresses mean nothing outside the cluster: no router there knows a way back. So the node puts its own address on
  what leaves (masquerade), and replies find the node, which remembers whose they are
  ([ip-masq-agent](https://kubernetes.io/docs/tasks/administer-cluster/ip-masq-agent/)). Some networks route pod
  addresses natively instead; which of the two holds is declared, not guessed.

  A server outside the cluster says whom it saw.

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
  A third address (a cloud's NAT, an egress IP) is no failure and no proof: the scenario is then inconclusive.

    @E02 @needs-masquerade
    Scenario Outline: the observer sees the node's address by <protocol>
      Given a client pod, and an observer outside the cluster
      When the client opens a <protocol> conversation with the server's address
      Then the server sees the address of the client's own node as its peer

      Examples:
        | protocol |
        | TCP      |
        | UDP      |
