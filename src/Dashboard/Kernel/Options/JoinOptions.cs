namespace WsusDashboard.Dashboard.Kernel.Options;

public sealed class JoinOptions
{
    /// <summary>A join token of a running dashboard on the same PostgreSQL database: with it, one whose data folder is empty takes over the keys of the others at its first start. Looked at once only.</summary>
    public Secret Token { get; set; } = Secret.Empty;

    /// <summary>A file that holds the join token instead.</summary>
    public string TokenFile { get; set; } = "";
}
