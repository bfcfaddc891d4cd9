//! Words for made-up reports: drawn at random from the commonest characters, which compresses worse than prose, so that figures in
//! bytes are worse than the true ones and never better.

use rand::RngExt;
use rand::rngs::StdRng;

const CHARACTERS: &str = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学\
么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已\
亲其进此话常与活正感村路桥巷市场垃圾消防通道井盖灯坏漏水油烟噪音占道经营违建纠纷邻居物业安全隐患清运整改处理现场拍照电话联系";

/// So many characters.
pub(super) fn words(rng: &mut StdRng, count: usize) -> String {
    let characters: Vec<char> = CHARACTERS.chars().collect();
    (0..count)
        .map(|_| characters[rng.random_range(0..characters.len())])
        .collect()
}
