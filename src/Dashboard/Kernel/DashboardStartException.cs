namespace WsusDashboard.Dashboard.Kernel;

/// <summary>The dashboard refuses to start because of its surroundings; the message is for a person and needs no stack trace.</summary>
public class DashboardStartException(string message) : Exception(message);
