namespace WsusDashboard.Dashboard.Features.Wall;

/// <summary>The form that signs a screen in.</summary>
public sealed class WallSignInInput
{
    /// <summary>An API token with the role Viewer.</summary>
    public string? Token { get; set; }
}
