namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>The address that people are told, where it differs from the one that is listened on: a certificate's name, a proxy's address.</summary>
internal sealed class OwnAddress(Func<string, string> tell)
{
    /// <param name="bound">As the server names it.</param>
    public string For(string bound) => tell(bound);
}
