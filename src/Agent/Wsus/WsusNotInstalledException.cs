namespace WsusDashboard.Agent.Wsus;

/// <summary>WSUS was asked for something on a server that has none.</summary>
public sealed class WsusNotInstalledException() : Exception("WSUS is not installed on this server.");
