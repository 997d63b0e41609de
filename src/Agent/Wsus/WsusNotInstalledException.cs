using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Wsus;

/// <summary>WSUS was asked for something on a server that has none.</summary>
public sealed class WsusNotInstalledException() : EdgeException(ReadFailure.NotFound, "WSUS isn't installed on this server.");
