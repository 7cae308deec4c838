@problem-3 @core @needs-services
Feature: Problem 3: a Service is one stable address
  Pods come and go, and their addresses with them. A Service gives "a stable (long lived) IP address or hostname … where
  the individual pods making up the service can change over time" ([network model][NM]): a virtual IP that no
  interface has, rewritten on each node to one of the ready backends.

  [NM]: https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model

  Rule: The virtual IP answers from any pod
  So many conversations are opened that every client meets every backend, on its own node and on others.

    @S01
    Scenario Outline: a Service answers every node's pods by <protocol>
      Given a client pod, and a Service with a backend on every node
      When the client opens <protocol> conversations with the Service's virtual IP
      Then a backend answers every one

      Examples:
        | protocol |
        | TCP      |
        | UDP      |
