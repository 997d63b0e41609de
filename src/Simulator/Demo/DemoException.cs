namespace WsusDashboard.Simulator.Demo;

/// <summary>The demo cannot start; the message is for the person at the command line.</summary>
public sealed class DemoException(string message, Exception? inner = null) : Exception(message, inner);
