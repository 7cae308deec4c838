@problem-3 @needs-services
Feature: Problem 3: a Service outlives its backends
  Backends are replaced with every release, and by every node that fails. What clients hold on to is the Service: its
  address "can change" no more than its name does, while "the individual pods making up the service" do
  ([network model](https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model)).

  Rule: The virtual IP outlives every backend
  The clients keep talking while the backends are replaced, so that the moment in between is seen as well.

    @S06 @core @disrupt @makes-pods
    Scenario: address and name stay while every backend is replaced
      Given a client pod, and a Service with two backends of its own
      When every backend is replaced while the clients keep talking
      Then the Service has the virtual IP and the name that it had before
      And only the new backends answer
      And no conversation was answered by a backend that had left
