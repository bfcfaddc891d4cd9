// A log or a card as one picture: black on white, so that it can be printed.
import UIKit

enum Drawing {
    private static let width: CGFloat = 720
    private static let margin: CGFloat = 32
    private static let pictureHeight: CGFloat = 420

    @MainActor
    static func png(lines: [String], pictures: [Data]) -> Data? {
        let text = NSAttributedString(
            string: lines.joined(separator: "\n"),
            attributes: [.font: UIFont.systemFont(ofSize: 30), .foregroundColor: UIColor.black])
        let inner = width - 2 * margin
        let box = CGSize(width: inner, height: .greatestFiniteMagnitude)
        let textHeight = text.boundingRect(with: box, options: [.usesLineFragmentOrigin], context: nil).height
            .rounded(.up)
        let height = textHeight + CGFloat(pictures.count) * (pictureHeight + margin) + 2 * margin
        let renderer = UIGraphicsImageRenderer(size: CGSize(width: width, height: height))
        return renderer.pngData { context in
            UIColor.white.setFill()
            context.fill(CGRect(x: 0, y: 0, width: width, height: height))
            var top = margin
            for picture in pictures.compactMap({ UIImage(data: $0) }) {
                let scale = min(inner / picture.size.width, pictureHeight / picture.size.height)
                let size = CGSize(width: picture.size.width * scale, height: picture.size.height * scale)
                picture.draw(
                    in: CGRect(x: (width - size.width) / 2, y: top, width: size.width, height: size.height))
                top += pictureHeight + margin
            }
            text.draw(
                with: CGRect(x: margin, y: top, width: inner, height: textHeight),
                options: [.usesLineFragmentOrigin], context: nil)
        }
    }
}
