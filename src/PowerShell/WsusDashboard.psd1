@{
    RootModule             = 'WsusDashboard.PowerShell.dll'
    ModuleVersion          = '0.1.0'
    GUID                   = '64debfdc-4bd5-4554-a6db-8a3cfc67475c'
    Author                 = 'WsusDashboard'
    CompanyName            = 'WsusDashboard'
    Copyright              = '(c) WsusDashboard'
    Description            = 'Watches and repairs WSUS servers through a WsusDashboard: servers, problems, syncs, posture, and repairs with their plan.'
    PowerShellVersion      = '5.1'
    CompatiblePSEditions   = @('Desktop', 'Core')
    DotNetFrameworkVersion = '4.7.2'
    FormatsToProcess       = @('WsusDashboard.format.ps1xml')
    FunctionsToExport      = @()
    AliasesToExport        = @()
    VariablesToExport      = @()
    CmdletsToExport        = @(
        'Confirm-WsdProblem'
        'Connect-WsdDashboard'
        'Disconnect-WsdDashboard'
        'Get-WsdError'
        'Get-WsdPostureFinding'
        'Get-WsdProblem'
        'Get-WsdRepair'
        'Get-WsdServer'
        'Get-WsdSyncRun'
        'Repair-WsdServer'
        'Set-WsdProblem'
        'Start-WsdSync'
        'Stop-WsdRepair'
        'Undo-WsdRepair'
    )
    PrivateData            = @{
        PSData = @{
            Tags         = @('PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'WSUS', 'ConfigMgr', 'UpdateManagement')
            ReleaseNotes = 'The first version.'
        }
    }
}
