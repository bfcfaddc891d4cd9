// The core's names as screens say them. Views import XungeKit alone, and `State` and `…View` mean something else in SwiftUI.
import XungeCore

public typealias ReportState = XungeCore.State
public typealias ReportDetail = XungeCore.ReportView
public typealias PatrolDetail = XungeCore.PatrolView
public typealias CoverageDetail = XungeCore.CoverageView
public typealias PictureDetail = XungeCore.AttachmentView
public typealias ReportRow = XungeCore.ReportRow
public typealias ReportId = XungeCore.ReportId
public typealias ProfileId = XungeCore.ProfileId
public typealias UnitId = XungeCore.UnitId
public typealias CategoryId = XungeCore.CategoryId
public typealias AttachmentId = XungeCore.AttachmentId
public typealias ReportCategory = XungeCore.Category
public typealias ActionKind = XungeCore.ActionKind
public typealias PlaceClaim = XungeCore.PlaceClaim
public typealias Position = XungeCore.Position
public typealias Provider = XungeCore.Provider
public typealias Urgency = XungeCore.Urgency
public typealias Refusal = XungeCore.Refusal
public typealias Timestamp = XungeCore.Timestamp
