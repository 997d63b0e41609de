namespace WsusDashboard.Agent.Storage;

/// <summary>The agent's own store cannot be used at the moment; the message says why and what to do.</summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
