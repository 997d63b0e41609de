namespace WsusDashboard.Agent.Doctor;

/// <summary>What the running agent found when it was asked to examine its own server.</summary>
/// <param name="Report">Its examination; null where none answered.</param>
/// <param name="Readings">What it read, as JSON; empty where none was asked for.</param>
/// <param name="Problem">Why there is none; empty where there is one.</param>
internal sealed record ServiceExamination(DoctorReport? Report, string Readings, string Problem)
{
    public static ServiceExamination Silent(string problem) => new(null, "", problem);
}
