namespace WsusDashboard.Agent.Windows.Setup;

/// <summary>Names of accounts, as Windows takes them at different places.</summary>
internal static class AccountName
{
    private const string ThisComputer = @".\";

    /// <summary>The name for looking up an account's security identifier. Services call an account of this computer ".\name", and the service control manager keeps it so; the look-up wants the computer's name.</summary>
    /// <param name="account">DOMAIN\name, .\name, or a name alone.</param>
    /// <param name="computerName">The name of this computer, without domain.</param>
    public static string ForLookup(string account, string computerName) =>
        account.StartsWith(ThisComputer, StringComparison.Ordinal) ? $@"{computerName}\{account[ThisComputer.Length..]}" : account;
}
