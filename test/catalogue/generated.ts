import type { ApplicantKind, ItemPack } from '../../electron/domain/item-pack.ts';

/** A field of government: what it deals with, in both languages, and what can be done there. */
interface Field {
  readonly event: string;
  readonly department: readonly [zh: string, en: string];
  readonly applicant: ApplicantKind;
  /** `subject=English`, separated by spaces in Chinese and `_` in English. */
  readonly subjects: string;
  readonly actions: string;
}

const CARD =
  '申领=Apply_for 换领=Renew 补领=Replace 变更=Change 注销=Cancel 查询=Look_up 年审=Yearly_check 挂失=Report_lost';
const LICENCE = '核发=Get 变更=Change 延续=Extend 补办=Replace 注销=Cancel 年检=Yearly_check 备案=File 公示=Publish';
const BENEFIT =
  '申请=Apply_for 领取=Collect 变更=Change 终止=End 查询=Look_up 转移=Transfer 复核=Review 资格认定=Qualify_for';
const RECORD =
  '登记=Register 变更登记=Change_entry_of 注销登记=Delete_entry_of 备案=File 查询=Look_up 证明出具=Certify 更正=Correct 转移登记=Transfer';

const FIELDS: readonly Field[] = [
  {
    event: 'housing',
    department: ['区住房建设局', 'District Housing Bureau'],
    applicant: 'person',
    actions: RECORD,
    subjects:
      '房屋租赁合同=lease 商品房买卖合同=home_sale 存量房交易=used_home_sale 公租房资格=public_housing 保障房轮候=housing_queue 住宅维修资金=repair_fund 物业服务合同=property_service 房屋安全鉴定=house_safety 老旧小区加装电梯=lift 人才公寓=talent_flat 住房补贴=housing_grant 危房改造=unsafe_house 白蚁防治=termite_control 房屋用途=house_use 业主大会=owners_meeting 购房资格=buyer_status',
  },
  {
    event: 'old-age',
    department: ['区民政局', 'District Civil Affairs Bureau'],
    applicant: 'person',
    actions: BENEFIT,
    subjects:
      '高龄津贴=old_age_allowance 敬老优待=senior_benefits 养老服务补贴=care_grant 失能老人护理补贴=nursing_grant 百岁老人慰问金=centenary_gift 居家适老化改造=home_adaptation 特困人员供养=support_of_needy 农村老年生活补助=rural_aid 养老机构入住=care_home_place 老年助餐=senior_meals 空巢老人探访=home_visits 老年意外险补助=accident_cover 长期护理保险=long_term_care 家庭养老床位=home_care_bed 老年大学学位=senior_college 丧葬补助=funeral_grant',
  },
  {
    event: 'work',
    department: ['区人力资源和社会保障局', 'District Labour Bureau'],
    applicant: 'person',
    actions: BENEFIT,
    subjects:
      '失业保险金=unemployment_pay 灵活就业社保补贴=freelance_grant 技能提升补贴=skills_grant 创业担保贷款=start_up_loan 一次性创业补贴=start_up_grant 就业困难人员援助=job_help 高校毕业生求职补贴=graduate_grant 工伤待遇=injury_benefit 劳动能力鉴定=work_ability_test 职业培训补贴=training_grant 公益性岗位=public_job 职称评审=title_review 职业技能等级证书=skill_certificate 人事档案托管=file_keeping 退休待遇=pension 养老保险关系=pension_account',
  },
  {
    event: 'business',
    department: ['区市场监督管理局', 'District Market Bureau'],
    applicant: 'enterprise',
    actions: LICENCE,
    subjects:
      '食品经营许可证=food_licence 食品生产许可证=food_making_licence 小餐饮登记证=small_kitchen 食品小作坊登记证=food_workshop 药品经营许可证=pharmacy_licence 医疗器械经营许可证=device_licence 特种设备使用登记证=special_equipment 计量器具检定证书=scale_check 广告发布登记=advertising 电子营业执照=e_licence 个体工商户营业执照=trader_licence 农民合作社执照=co_operative 分公司营业执照=branch_licence 外资企业执照=foreign_firm 烟草零售许可证=tobacco_licence 检验检测资质=testing_permit',
  },
  {
    event: 'family',
    department: ['区公安分局', 'District Police'],
    applicant: 'person',
    actions: RECORD,
    subjects:
      '出生户口=birth 婚姻状况=marital_status 户口迁移=move_of_household 新生儿姓名=newborn_name 收养关系=adoption 居住证=residence_permit 流动人口=migrant 分户立户=household_split 集体户口=group_household 死亡户口=death 姓名=name 民族成份=ethnic_group 出生日期=birth_date 亲属关系=kinship 无犯罪记录=clean_record 边境通行=border_pass',
  },
  {
    event: 'health',
    department: ['区卫生健康局', 'District Health Bureau'],
    applicant: 'person',
    actions: BENEFIT,
    subjects:
      '生育服务证=birth_permit 出生医学证明=birth_certificate 计划生育奖励=family_award 独生子女父母奖励=one_child_award 孕前优生检查=pre_birth_check 预防接种证=vaccination_card 从业人员健康证=health_card 献血者优待=donor_benefits 大病医疗救助=serious_illness_aid 家庭医生签约=family_doctor 残疾儿童康复救助=child_rehab 严重精神障碍补贴=mental_health_aid 艾滋病免费治疗=free_treatment 职业病诊断=work_disease 义诊预约=free_clinic 体检报告=check_up_report',
  },
  {
    event: 'insurance',
    department: ['区医疗保障局', 'District Health Insurance Bureau'],
    applicant: 'person',
    actions: BENEFIT,
    subjects:
      '异地就医备案=care_elsewhere 门诊慢特病待遇=chronic_care 生育津贴=maternity_pay 生育医疗费报销=birth_costs 零星医疗费报销=medical_refund 医保个人账户=personal_account 家庭共济账户=family_account 居民医保参保=resident_cover 职工医保参保=staff_cover 医保电子凭证=e_card 双通道药品=special_drugs 转诊转院=referral 大病保险待遇=serious_illness_cover 医疗救助待遇=medical_aid 新生儿参保=newborn_cover 退役军人医保=veteran_cover',
  },
  {
    event: 'education',
    department: ['区教育局', 'District Education Bureau'],
    applicant: 'person',
    actions: CARD,
    subjects:
      '教师资格证=teacher_certificate 普通话等级证书=mandarin_certificate 学生资助=student_aid 生源地助学贷款=student_loan 义务教育入学资格=school_place 随迁子女入学=migrant_pupils 转学证明=school_transfer 学历证书=diploma 学籍档案=school_record 幼儿园入园资格=nursery_place 中考报名证=exam_entry 自学考试证书=self_study_diploma 校车使用许可=school_bus 课后托管=after_school 特殊教育学位=special_school 家庭经济困难学生卡=aid_card',
  },
  {
    event: 'traffic',
    department: ['区公安交警大队', 'District Traffic Police'],
    applicant: 'person',
    actions: CARD,
    subjects:
      '机动车驾驶证=driving_licence 机动车行驶证=vehicle_licence 机动车号牌=number_plate 临时行驶车号牌=temporary_plate 校车驾驶资格=school_bus_driver 电动自行车号牌=e_bike_plate 残疾人机动轮椅车牌=wheelchair_plate 检验合格标志=inspection_mark 车辆抵押=vehicle_pledge 驾驶人体检证明=driver_check 网约车驾驶员证=ride_driver_card 出租车从业资格证=taxi_card 道路运输证=transport_permit 客货运驾驶资格证=lorry_bus_card 停车月票=parking_card 通行证=road_pass',
  },
  {
    event: 'tax',
    department: ['区税务局', 'District Tax Office'],
    applicant: 'enterprise',
    actions: RECORD,
    subjects:
      '增值税一般纳税人=VAT_payer 个人所得税专项扣除=tax_relief 车辆购置税=vehicle_tax 房产交易税=property_tax 印花税税源=stamp_duty 发票票种=invoice_type 税收优惠=tax_benefit 出口退税=export_refund 跨区域涉税事项=tax_elsewhere 纳税信用=tax_credit 非居民税收=non_resident_tax 残疾人就业保障金=disabled_levy 社会保险缴费=social_insurance_pay 银行账户账号=bank_account 财务会计制度=accounting_rules 委托代征=tax_agent',
  },
  {
    event: 'land',
    department: ['区自然资源局', 'District Land Bureau'],
    applicant: 'person',
    actions: RECORD,
    subjects:
      '不动产首次登记=first_title 房屋所有权=home_title 抵押权=mortgage 预告登记=advance_notice 异议登记=objection 宅基地使用权=homestead 土地承包经营权=farm_contract 林权=forest_title 地役权=easement 居住权=right_to_live 查封登记=seizure 继承房产=inherited_home 车位产权=parking_title 在建工程抵押=building_mortgage 建设用地规划=land_plan 临时用地=temporary_land',
  },
  {
    event: 'building',
    department: ['区行政审批局', 'District Approval Office'],
    applicant: 'enterprise',
    actions: LICENCE,
    subjects:
      '建筑工程施工许可证=building_permit 建设工程规划许可证=planning_permit 消防验收合格证=fire_acceptance 排水许可证=drainage_permit 占用城市道路许可=road_use 挖掘城市道路许可=road_digging 户外广告设置许可=billboard 树木砍伐许可=tree_felling 夜间施工许可=night_work 渣土运输许可=waste_transport 建筑业企业资质=builder_grade 安全生产许可证=safety_permit 燃气经营许可证=gas_licence 供水接入许可=water_supply 人防工程许可=air_raid_shelter 绿化占用许可=green_space',
  },
  {
    event: 'disability',
    department: ['区残疾人联合会', 'District Disability Federation'],
    applicant: 'person',
    actions: BENEFIT,
    subjects:
      '残疾人证=disability_card 困难残疾人生活补贴=living_grant 重度残疾人护理补贴=care_allowance 辅助器具适配=assistive_device 无障碍改造=home_access 残疾人就业培训=job_training 残疾学生助学金=study_grant 助听器补助=hearing_aid 轮椅发放=wheelchair 盲人按摩资格=massage_licence 残疾人托养=day_care 康复训练补贴=rehab_grant 燃油补贴=fuel_grant 盲人乘车卡=bus_card 手语翻译预约=sign_language 自主创业扶持=start_up_aid',
  },
  {
    event: 'culture',
    department: ['区文化和旅游局', 'District Culture Bureau'],
    applicant: 'enterprise',
    actions: LICENCE,
    subjects:
      '娱乐场所经营许可证=entertainment 网吧经营许可证=internet_cafe 演出经营许可证=show_licence 旅行社业务许可证=travel_agency 导游证=guide_card 出版物零售许可证=book_shop 印刷经营许可证=printing 电影放映许可证=cinema 文物经营许可证=antiques 艺术品经营备案证=art_trade 体育场馆许可=sports_hall 游泳场所许可=swimming_pool 民宿经营许可=guest_house 卫星接收许可=satellite_dish 营业性演出批文=performance 非遗传承人资格=heritage_bearer',
  },
  {
    event: 'veteran',
    department: ['区退役军人事务局', 'District Veterans Office'],
    applicant: 'person',
    actions: BENEFIT,
    subjects:
      '退役军人优待证=veteran_card 自主就业补助金=job_grant 优抚对象抚恤金=pension_for_kin 烈士遗属优待=martyr_kin 军人家属随军安置=family_posting 义务兵家庭优待金=conscript_family 伤残军人证=disabled_veteran 退役士兵安置=placement 光荣牌=honour_plate 现役军人家属就医=family_care 退役军人培训=veteran_training 复学退费资助=study_return 参战人员补助=combat_aid 军休干部待遇=retired_officer 死亡抚恤金=death_grant 优待金发放=preferential_pay',
  },
  {
    event: 'farming',
    department: ['区农业农村局', 'District Farm Bureau'],
    applicant: 'enterprise',
    actions: LICENCE,
    subjects:
      '农药经营许可证=pesticide 兽药经营许可证=animal_drugs 种子生产经营许可证=seeds 动物防疫合格证=animal_health 动物诊疗许可证=animal_clinic 生鲜乳收购许可证=milk_buying 拖拉机行驶证=tractor 联合收割机驾驶证=harvester 渔业捕捞许可证=fishing 水域滩涂养殖证=fish_farm 乡村兽医备案=village_vet 绿色食品标志=green_label 农机购置补贴=machine_grant 种粮补贴=grain_grant 养殖场备案=livestock_farm 家庭农场名录=family_farm',
  },
];

/** For whom or where: each doubles and trebles the items as real catalogues do. */
const SCOPES: readonly (readonly [zh: string, en: string])[] = [
  ['', ''],
  ['（代他人办理）', ' for somebody else'],
  ['（跨省通办）', ', other province'],
];

const pairs = (text: string): readonly (readonly [string, string])[] =>
  text.split(' ').map((pair) => {
    const [zh = '', en = ''] = pair.split('=');
    return [zh, en.replaceAll('_', ' ')] as const;
  });

/** Authorities of a district that does not exist: credit codes with right check digits. */
const CREDIT_CODE = '11990001MB0000202J';

function pack(number: number, name: readonly [string, string], field: Field): ItemPack {
  const [zh, en] = name;
  const text = (a: string, b: string): ItemPack['name'] => ({ 'zh-CN': a, en: b });
  return {
    id: `made-${String(number)}`,
    version: 1,
    code: `${CREDIT_CODE}4${String(number).padStart(12, '0')}`,
    name: text(zh, en),
    summary: text(`在这里办${zh}，带身份证就行。`, `${en}. Bring your ID card.`),
    department: text(...field.department),
    applicant: field.applicant,
    keywords: [field.event],
    lifeEvents: [field.event],
    decision: number % 3 === 0 ? 'office' : 'instant',
    guide: {
      fee: text('不收费', 'Free'),
      timeLimit: number % 3 === 0 ? text('5 个工作日', '5 working days') : text('当场办结', 'Done at once'),
      effort: text('3 分钟', '3 minutes'),
      who: field.applicant === 'person' ? text('本人', 'You') : text('企业经办人', 'Agent of the firm'),
      notHere: [],
      materials: [
        {
          id: 'id-card',
          name: text('身份证原件', 'Your ID card'),
          note: text('在本机放一下就行', 'Put it on the reader'),
          need: 'bring',
        },
      ],
      steps: [
        text('放身份证', 'Lay ID card'),
        text('填 1 题', '1 question'),
        text('核对', 'Check'),
        text('取回执', 'Take receipt'),
      ],
      legalBasis: [text('测试用事项，没有法律依据', 'Made up for tests')],
    },
    form: {
      groups: [
        {
          id: 'contact',
          title: text('联系方式', 'Contact'),
          fields: [
            {
              id: 'phone',
              kind: 'phone',
              question: text('您的手机号', 'Your mobile number'),
              label: text('手机号', 'Mobile'),
              help: text('办好了通知您。', 'We will tell you.'),
              required: true,
            },
          ],
        },
      ],
    },
    result: 'record',
  };
}

/**
 * Service items as a large district has them: made up, always the same, all names different. The order mixes fields, so
 * that the first thousand are as varied as all.
 */
export function generatedItems(count = 5000): readonly ItemPack[] {
  const found: ItemPack[] = [];
  for (const [scope, scopeEn] of SCOPES) {
    for (let action = 0; action < 8; action += 1) {
      for (let subject = 0; subject < 16; subject += 1) {
        for (const field of FIELDS) {
          const [zh = '', en = ''] = pairs(field.subjects)[subject] ?? [];
          const [does = '', doesEn = ''] = pairs(field.actions)[action] ?? [];
          if (found.length === count) return found;
          found.push(pack(found.length + 1, [`${zh}${does}${scope}`, `${doesEn} ${en}${scopeEn}`], field));
        }
      }
    }
  }
  return found;
}
